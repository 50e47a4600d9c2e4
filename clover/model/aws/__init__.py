"""Facts about AWS resources as Pulumi declares them."""

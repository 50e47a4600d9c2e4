"""Single changes of the sample sites, each with the control that has to find it: data, and what applies it."""

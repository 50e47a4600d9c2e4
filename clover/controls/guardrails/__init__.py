"""The family GRD: what stands above the sites' accounts, whoever asks in them."""

"""Facts about declared resources, told cloud by cloud."""

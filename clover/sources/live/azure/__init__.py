"""Live reading of Azure: which calls are made, and what their answers become."""

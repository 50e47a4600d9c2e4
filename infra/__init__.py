"""What turns a stack's configuration into components: tables and wiring, no control logic."""

"""What the commands do and print; each is loaded when its command runs."""

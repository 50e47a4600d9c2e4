"""What the lab's provider plugins share, whichever cloud they speak to."""

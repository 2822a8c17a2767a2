"""What forms, panels, boards and both compilers share."""

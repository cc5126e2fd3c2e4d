"""Write plots into the files that planners and their programs expect."""

"""Values: what the program talks about. numpy and the standard library only."""

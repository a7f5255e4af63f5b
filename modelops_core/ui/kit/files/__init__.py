"""Tables as files: what they hold, what their head says, and how they are written."""

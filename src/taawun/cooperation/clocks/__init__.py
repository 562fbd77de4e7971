"""Business days, deadlines, and what goes up when it is overdue."""

"""What a run says: what happened in it, how long a step may be, what the plateau rule decided and why."""

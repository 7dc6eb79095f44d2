"""What the agent says in numbers is kept here until the hub has it: `outbox` is the whole, the rest are its parts."""

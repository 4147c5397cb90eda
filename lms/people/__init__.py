"""Who: persons and their sign-in, organisations (a tree), roles, memberships, activation slips."""

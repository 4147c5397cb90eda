"""What happens to rosters. One file per verb or noun."""

"""`lms bench`: what a request costs, beside bare yardsticks on the same server, database and machine in the same run."""

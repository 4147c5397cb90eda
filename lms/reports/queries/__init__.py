"""What the reports count. Every query takes the actor or something that came from one."""

"""What happens without anybody waiting for it: mail is sent, and what the rooms asked for is done every minute."""

"""What SECURITY.md promises and no other test was about."""

"""Any mailbox: mail in by IMAP, answers out by SMTP."""

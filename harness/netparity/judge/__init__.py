"""From stored features to verdicts and causes."""

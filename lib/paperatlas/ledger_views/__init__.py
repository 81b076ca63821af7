"""The ledger counted, shown, quoted and scored."""

"""What the two flow logs of Azure have in common: records that hold tuples, one text for each state of a flow."""

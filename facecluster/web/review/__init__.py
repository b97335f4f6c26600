"""The review page: a human names, corrects and confirms; every answer is a decision in the journal."""

"""What the API answers, in every shape that is known to occur and in those that are not."""

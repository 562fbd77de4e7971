"""What is known of a person, company, vessel or account, as FollowTheMoney says it."""

"""What stands in for SendGrid and Twilio on a machine with no keys?"""

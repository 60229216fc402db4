"""What does the outside reach over HTTP?"""

"""May it go, what does it say, and did it arrive?"""

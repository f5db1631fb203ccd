"""A model of what clients know of a server that is killed again and again, and the rules that hold all the same.

`journal` keeps what was asked and answered; `world` makes projects and people; `annotator` and `engineer` act at random;
`snapshot` reads the database, `facts`, `states`, `ownership` and `rounds` hold it against the journal, `served` holds the
REST interface against the database; `killer` ends the server and puts it all together.
"""

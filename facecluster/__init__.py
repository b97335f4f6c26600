"""facecluster: find every face in a photo archive, group the unknown people, keep the result in open tables."""

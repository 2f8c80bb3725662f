package lookup

// Fold is what Words does with texts of any letters.
var Fold = fold

package archive

var Warnings = warnings

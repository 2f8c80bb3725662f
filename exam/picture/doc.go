// Package picture makes images that strangers send safe to keep and to show.
//
// # Invariants
//
//  1. What is kept is a whole image that was decoded once: PNG, JPEG or WebP, by its
//     content, whatever its name or its sender says.
//  2. Nothing is kept that a browser does not need for showing it: no camera, place,
//     author, comment, thumbnail, colour profile, second file behind the image.
//  3. Cleaning what was cleaned changes nothing, so that an image keeps its name when a
//     bank is exported and imported again.
//  4. Memory and time are bounded by the limits below before any pixel is decoded: the
//     dimensions, and how often a JPEG goes over them. A picture takes a second or two at
//     worst; whoever cleans many asks between them whether to go on.
//
// SVG is refused: it is a document with scripts, links and fonts, whose looks depend on
// the browser, and cleaning it is a subject of its own.
package picture

import { placeOf } from '../../../plan/diff/word-place.ts';

test.each([
  ['/description', 'description'],
  ['/title', 'title'],
  ['/inputSchema/properties/url/description', 'url'],
  ['/inputSchema/properties/url/title', 'url (title)'],
  ['/inputSchema/properties/a~1b/items/properties/c/description', 'a/b[].c'],
  ['/inputSchema/properties/a/anyOf/1/items/description', 'a[]'],
  ['/inputSchema/$defs/Filter/properties/name/description', 'Filter.name'],
  ['/inputSchema/$defs/Filter/description', 'Filter'],
  ['/inputSchema/description', 'arguments'],
  ['/inputSchema/properties/properties/description', 'properties'],
  ['/inputSchema/properties/a/not/description', '/inputSchema/properties/a/not/description'],
  ['/outputSchema/properties/a/description', '/outputSchema/properties/a/description'],
  ['/annotations/title', '/annotations/title'],
])('%s is %s', (at, place) => expect(placeOf(at)).toBe(place));

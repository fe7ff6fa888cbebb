// Comma-separated values, written and read.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvLine, parseCsv } from './csv.ts'

test('cells with separators, quotes and line ends are quoted', () => {
  expect(csvLine(['a', 'b,c', 'say "hi"', 'two\nlines', 3, true, null])).toBe(
    'a,"b,c","say ""hi""","two\nlines",3,true,\r\n',
  )
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])('a spreadsheet runs nothing: %j', (cell) => {
  expect(parseCsv(csvLine(['x', cell]))[0]?.[1]).toBe(`'${cell}`)
})

test('reads LF and CRLF, quotes, semicolons and a byte order mark, and leaves out empty lines', () => {
  expect(parseCsv('\uFEFFa;b\r\n"c;""d""";e\n\n;\nf;')).toEqual([
    ['a', 'b'],
    ['c;"d"', 'e'],
    ['f', ''],
  ])
})

test.each(['a,"b', 'a,b"c', '"a"b,c'])('refuses %j', (text) => {
  expect(() => parseCsv(text)).toThrow(expect.objectContaining({ code: 'invalid', reason: 'invalidSyntax' }))
})

test('what is written is read again (property)', () => {
  const cell = fc.string().filter((text) => !/^[=+\-@\t\r]/.test(text))
  const row = fc.array(cell, { minLength: 2, maxLength: 4 }).map((cells) => ['id', 'name', ...cells])
  fc.assert(
    fc.property(row, (cells) => {
      // The first line decides about the separator.
      const text = csvLine(cells.map(() => 'heading')) + csvLine(cells)
      expect(parseCsv(text)[1]).toEqual(cells)
    }),
  )
})

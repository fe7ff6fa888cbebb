// Variables, replacement, captures and header merging of the fixture format.
import { describe, expect, it } from 'vitest'
import { mergeHeaders } from './replay.ts'
import { readPath, render, startVariables } from './template.ts'

describe('variables', () => {
  it('are evaluated once, each $uuid anew', () => {
    const variables = startVariables('t0', { a: '{{$uuid}}', b: '{{$uuid}}', c: 'x-{{a}}' })
    expect(variables['a']).toMatch(/^[0-9a-f-]{36}$/)
    expect(variables['b']).not.toBe(variables['a'])
    expect(variables['c']).toBe(`x-${variables['a']}`)
  })

  it('supply token and basicCredentials unless the fixture has its own', () => {
    expect(startVariables('t0')['token']).toBe('t0')
    expect(startVariables('t0')['basicCredentials']).toBe(Buffer.from('rolecall:t0').toString('base64'))
    expect(startVariables('t0', { basicCredentials: 'own' })['basicCredentials']).toBe('own')
  })
})

describe('replacement', () => {
  it('reaches every string, keys included, and keeps other types', () => {
    const value = { 'k-{{id}}': ['{{id}}', 1, null, { deep: 'a{{id}}b{{id}}' }] }
    expect(render(value, { id: '7' })).toEqual({ 'k-7': ['7', 1, null, { deep: 'a7b7' }] })
  })

  it('does not expand what a captured value contains', () => {
    expect(render('{{a}}', { a: '$& {{b}}', b: 'no' })).toBe('$& {{b}}')
  })

  it('fails on a variable nobody defined', () => {
    expect(() => render('{{missing}}', {})).toThrow('{{missing}}')
    expect(() => render('{{constructor}}', {})).toThrow('{{constructor}}')
  })
})

describe('captures', () => {
  it('walk keys and indexes', () => {
    const body = { id: 'a', Resources: [{ id: 'b' }, { id: 'c' }] }
    expect(readPath(body, '$.id')).toBe('a')
    expect(readPath(body, '$.Resources[1].id')).toBe('c')
    expect(readPath(body, '$.Resources[2].id')).toBeUndefined()
    expect(readPath(undefined, '$.id')).toBeUndefined()
    expect(() => readPath(body, 'id')).toThrow('unsupported capture path')
  })
})

describe('headers', () => {
  it('of a step override defaults in any case, and null removes', () => {
    const merged = mergeHeaders(
      { 'Content-Type': 'a', Authorization: 'b' },
      { 'content-type': 'c', authorization: null },
    )
    expect(merged).toEqual({ 'content-type': 'c' })
    expect(mergeHeaders({ 'User-Agent': '' }, {})).toEqual({ 'User-Agent': '' })
  })
})

// Before every test file: the second wall against prototype pollution, as the server has it, and a canary after each test.
import { afterEach, expect } from 'vitest'

Object.seal(Object.prototype)

const pristine = Object.getOwnPropertyNames(Object.prototype).length

afterEach(() => {
  expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(pristine)
  expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined()
})

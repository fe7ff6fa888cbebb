// What the log says of a request: the path, without what would let its reader in.
import { expect, test } from 'vitest'
import { withoutTokens } from './request-scope.ts'

test.each([
  ['/setup/Abc_123-xyz', '/setup/…'],
  ['/setup/Abc_123-xyz/events', '/setup/…/events'],
  ['/invitation/Abc/question', '/invitation/…/question'],
  ['/first/Abc', '/first/…'],
  ['/login/reset/Abc', '/login/reset/…'],
  ['/login/undo/Abc', '/login/undo/…'],
  ['/account/profile/address/Abc', '/account/profile/address/…'],
  ['/console/again/Abc', '/console/again/…'],
  ['/console/invitations/inv_1', '/console/invitations/inv_1'],
  ['/setup', '/setup'],
])('%s is logged as %s', (path, logged) => {
  expect(withoutTokens(path)).toBe(logged)
})

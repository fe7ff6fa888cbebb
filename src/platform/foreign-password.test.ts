// Hashes as other systems export them, each made by other means than ours or taken from its maker's documentation.
import { argon2Sync, pbkdf2Sync, scryptSync } from 'node:crypto'
import { hashSync } from 'bcryptjs'
import { describe, expect, test } from 'vitest'
import { importedHash } from './foreign-password.ts'
import { hashPassword, needsRehash, verifyPassword } from './password.ts'

const password = 'correct horse 9 battery'
const salt = Buffer.from('0123456789abcdef')
const base64 = (bytes: Buffer): string => bytes.toString('base64')
const bare = (bytes: Buffer): string => base64(bytes).replace(/=+$/, '')

const keycloak = (credential: object, value: Buffer) => ({
  type: 'password',
  secretData: JSON.stringify({ value: base64(value), salt: base64(salt), additionalParameters: {} }),
  credentialData: JSON.stringify(credential),
})

const argon2id = argon2Sync('argon2id', {
  message: password,
  nonce: salt,
  memory: 7_168,
  passes: 5,
  parallelism: 1,
  tagLength: 32,
})
const argon2i = argon2Sync('argon2i', {
  message: password,
  nonce: salt,
  memory: 4_096,
  passes: 3,
  parallelism: 1,
  tagLength: 32,
})

const exported: [string, unknown][] = [
  ['bcrypt $2b', hashSync(password, 6)],
  ['bcrypt $2a', hashSync(password, 6).replace('$2b', '$2a')],
  ['bcrypt $2y', hashSync(password, 6).replace('$2b', '$2y')],
  ['argon2i', `$argon2i$v=19$m=4096,t=3,p=1$${bare(salt)}$${bare(argon2i)}`],
  [
    'PBKDF2 in PHC form',
    `$pbkdf2-sha512$i=1000$${bare(salt)}$${bare(pbkdf2Sync(password, salt, 1_000, 64, 'sha512'))}`,
  ],
  [
    'PBKDF2 of passlib',
    `$pbkdf2-sha256$1000$${bare(salt).replaceAll('+', '.')}$${bare(pbkdf2Sync(password, salt, 1_000, 32, 'sha256')).replaceAll('+', '.')}`,
  ],
  ['Django', `pbkdf2_sha256$1000$seasalt$${base64(pbkdf2Sync(password, 'seasalt', 1_000, 32, 'sha256'))}`],
  ['scrypt in PHC form', `$scrypt$ln=10,r=8,p=1$${bare(salt)}$${bare(scryptSync(password, salt, 32, { N: 1_024 }))}`],
  [
    'scrypt in hex',
    {
      algorithm: 'scrypt',
      n: 1_024,
      r: 8,
      p: 1,
      encoding: 'hex',
      salt: salt.toString('hex'),
      hash: scryptSync(password, salt, 64, { N: 1_024 }).toString('hex'),
    },
  ],
  [
    'PBKDF2 in parts',
    {
      algorithm: 'pbkdf2-sha1',
      iterations: 1_000,
      salt: base64(salt),
      hash: base64(pbkdf2Sync(password, salt, 1_000, 20, 'sha1')),
    },
  ],
  [
    'Keycloak, PBKDF2',
    keycloak({ hashIterations: 2_750, algorithm: 'pbkdf2-sha256' }, pbkdf2Sync(password, salt, 2_750, 64, 'sha256')),
  ],
  [
    'Keycloak, argon2',
    keycloak(
      {
        hashIterations: 5,
        algorithm: 'argon2',
        additionalParameters: {
          hashLength: ['32'],
          memory: ['7168'],
          type: ['id'],
          version: ['1.3'],
          parallelism: ['1'],
        },
      },
      argon2id,
    ),
  ],
]

describe('an exported hash', () => {
  test.each(exported)('%s opens to its password alone, and is made anew', async (_, input) => {
    const hash = importedHash(input)
    expect(await verifyPassword(password, hash)).toBe(true)
    expect(await verifyPassword(`${password} `, hash)).toBe(false)
    expect(await verifyPassword('', hash)).toBe(false)
    expect(needsRehash(hash)).toBe(true)
  })

  // The example of github.com/firebase/scrypt.
  test('Firebase, with the parameters of its project', async () => {
    const firebase = {
      base64_signer_key: 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
      base64_salt_separator: 'Bw==',
      ...{ rounds: 8, mem_cost: 14 },
    }
    const passwordHash = 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=='
    const hash = importedHash({ passwordHash, salt: '42xEC+ixf3L2lw==' }, { firebase })
    expect(await verifyPassword('user1password', hash)).toBe(true)
    expect(await verifyPassword('user2password', hash)).toBe(false)
    expect(() => importedHash({ passwordHash, salt: '42xEC+ixf3L2lw==' })).toThrow('hash parameters')
  })

  test('one of ours stays as it is', async () => {
    const hash = await hashPassword(password, (size) => Buffer.alloc(size, 1))
    expect(importedHash(hash)).toBe(hash)
  })
})

test.each([
  ['a plain password', password],
  ['MD5', '$1$abc$def'],
  ['nothing', ''],
  ['a number', 7],
  ['bcrypt that takes a minute', hashSync('x', 4).replace('$04$', '$20$')],
  ['argon2 that takes the memory', `$argon2id$v=19$m=99999999,t=3,p=1$${bare(salt)}$${bare(argon2id)}`],
  ['PBKDF2 that takes for ever', `$pbkdf2-sha256$i=99999999$${bare(salt)}$${bare(argon2id)}`],
  ['scrypt that takes the memory', `$scrypt$ln=30,r=8,p=1$${bare(salt)}$${bare(argon2id)}`],
  ['bcrypt without cost', hashSync('x', 4).replace('$04$', '$00$')],
  ['argon2 of a thousand passes', `$argon2id$v=19$m=65536,t=999,p=1$${bare(salt)}$${bare(argon2id)}`],
  ['argon2 without memory', `$argon2id$v=19$m=1,t=1,p=1$${bare(salt)}$${bare(argon2id)}`],
  ['PBKDF2 without rounds', { algorithm: 'pbkdf2-sha256', salt: base64(salt), hash: base64(argon2id) }],
  ['scrypt of one block', `$scrypt$ln=0,r=8,p=1$${bare(salt)}$${bare(argon2id)}`],
  ['an unknown algorithm', { algorithm: 'md5', hash: 'x', salt: 'y' }],
])('%s is refused', (_, input) => {
  expect(() => importedHash(input)).toThrow('password hash')
})

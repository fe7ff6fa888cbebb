// The table of settings: every variable a row, whatever stands around it untouched.
import { expect, it } from 'vitest'
import { withConfigTable } from './readme-tables.ts'

const schema = {
  properties: {
    PORT: { default: 8080, description: 'The port' },
    LEVEL: { enum: ['info', 'debug'], default: 'info', description: 'What is logged' },
    DATABASE_URL: { description: 'The database' },
  },
}

it('replaces what is between the markers', () => {
  const text = 'before\n<!-- config:begin -->\nold\n<!-- config:end -->\nafter\n'
  expect(withConfigTable(text, schema)).toBe(`before
<!-- config:begin -->

| Variable       | Default | Meaning                         |
| -------------- | ------- | ------------------------------- |
| \`PORT\`         | \`8080\`  | The port                        |
| \`LEVEL\`        | \`info\`  | What is logged: \`info\`, \`debug\` |
| \`DATABASE_URL\` |         | The database                    |

<!-- config:end -->
after
`)
})

it('writes the same again from its own output', () => {
  const once = withConfigTable('<!-- config:begin --><!-- config:end -->', schema)
  expect(withConfigTable(once, schema)).toBe(once)
})

it('refuses a text without markers', () => {
  expect(() => withConfigTable('nothing', schema)).toThrow('lacks the markers')
})

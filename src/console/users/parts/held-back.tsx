// Roles that a group gives somebody and a review took: held back until the group has changed at the provider.
import type { ReviewTask } from '#access/reviews/lines/tasks.ts'
import { Alert } from '#http/ui/content.tsx'
import { counted } from '#words/counts.ts'

export const HeldBack = ({ tasks }: { tasks: readonly ReviewTask[] }) => {
  const held = tasks.filter(({ status }) => status === 'open')
  if (held.length === 0) return null
  const names = held.map(({ role, brand }) => `${role.name}${brand === null ? '' : ` in ${brand.name}`}`)
  return (
    <Alert kind="info" title={`${counted(held.length, 'role is', 'roles are')} held back`}>
      {names.join(', ')}: an access review took it, and a group still gives it.{' '}
      <a href="/console/reviews/tasks">See the tasks for the identity provider</a>
    </Alert>
  )
}

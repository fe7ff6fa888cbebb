// What each role is for, wherever one is chosen, so that people choose the right one.
import type { RoleChoices } from './role-choices.ts'

export const RolePurposes = ({ choices }: { choices: Pick<RoleChoices, 'roles'> }) => (
  <details class="more-filters after-table">
    <summary>What the roles are for</summary>
    <dl class="facts">
      {choices.roles.map(({ label, purpose }) => (
        <div>
          <dt>{label}</dt>
          <dd>{purpose}</dd>
        </div>
      ))}
    </dl>
  </details>
)

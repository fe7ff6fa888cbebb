// The role sets that user guides describe, as data. An organization starts with `mixer3`; more packs can be installed.

export type PackRole = {
  key: string
  name: string
  purpose: string
  /** Higher is more; decides under the role strategy `highest`. */
  rank: number
  permissions: readonly string[]
}

export type RolePack = { key: string; name: string; roles: readonly PackRole[] }

const read = ['content.view', 'assets.view', 'workflow.view', 'campaigns.view', 'brands.view', 'analytics.view']
const discuss = ['content.comment', 'workflow.participate']
const write = ['content.create', 'content.edit', 'assets.manage']
const release = ['content.approve', 'content.publish', 'workflow.approve']

const administrator: PackRole = {
  key: 'administrator',
  name: 'Administrator',
  purpose: 'Runs everything in its scope: people, roles, brands, content and settings',
  rank: 100,
  permissions: ['*'],
}

const viewer: PackRole = {
  key: 'viewer',
  name: 'Viewer',
  purpose: 'Reads, comments and takes part in workflows, without changing content',
  rank: 10,
  permissions: [...read, ...discuss],
}

const mixer3: RolePack = {
  key: 'mixer3',
  name: 'Administrator, Editor, Viewer',
  roles: [
    administrator,
    {
      key: 'editor',
      name: 'Editor',
      purpose: 'Creates, edits, approves and publishes content',
      rank: 50,
      permissions: [...read, ...discuss, ...write, ...release],
    },
    viewer,
  ],
}

const mixer5: RolePack = {
  key: 'mixer5',
  name: 'Administrator, Manager, Contributor, Reviewer, View only',
  roles: [
    administrator,
    {
      key: 'manager',
      name: 'Editor / Manager',
      purpose: 'Manages brands, approves and publishes, and looks after the people of the team',
      rank: 70,
      permissions: [
        ...read,
        ...discuss,
        ...write,
        ...release,
        'content.delete',
        'brands.manage',
        'users.read',
        'users.invite',
      ],
    },
    {
      key: 'contributor',
      name: 'Creator / Contributor',
      purpose: 'Creates and edits content; others approve and publish it',
      rank: 50,
      permissions: [...read, ...discuss, ...write],
    },
    {
      key: 'reviewer',
      name: 'Reviewer',
      purpose: 'Comments, and approves at the workflow steps given to them',
      rank: 30,
      permissions: [...read, ...discuss, 'workflow.approve:own'],
    },
    {
      key: 'view-only',
      name: 'View only',
      purpose: 'Reads, and changes nothing',
      rank: 5,
      permissions: read,
    },
  ],
}

const owner5: RolePack = {
  key: 'owner5',
  name: 'Owner, Admin, Editor, Analyst, Viewer',
  roles: [
    {
      key: 'owner',
      name: 'Owner',
      purpose: 'Answers for the whole organization, billing included',
      rank: 110,
      permissions: ['*'],
    },
    {
      key: 'admin',
      name: 'Admin',
      purpose: 'Runs people, content and settings; sees billing without changing it',
      rank: 90,
      permissions: [
        ...['content.*', 'assets.*', 'workflow.*', 'campaigns.*', 'analytics.*', 'brands.*'],
        ...['users.*', 'teams.*', 'roles.*', 'settings.*', 'audit.view', 'billing.view'],
      ],
    },
    {
      key: 'editor',
      name: 'Editor',
      purpose: 'Creates, edits and publishes content and campaigns',
      rank: 50,
      permissions: [
        ...[...read, ...discuss, ...write, 'content.approve', 'content.publish'],
        ...['campaigns.create', 'campaigns.edit', 'campaigns.activate', 'campaigns.pause'],
      ],
    },
    {
      key: 'analyst',
      name: 'Analyst',
      purpose: 'Sees content and all figures, and exports them',
      rank: 30,
      permissions: ['content.view', 'assets.view', 'campaigns.view', 'brands.view', 'analytics.*'],
    },
    {
      key: 'viewer',
      name: 'Viewer',
      purpose: 'Sees content and basic figures',
      rank: 10,
      permissions: ['content.view', 'assets.view', 'campaigns.view', 'brands.view', 'analytics.view'],
    },
  ],
}

const workspace: RolePack = {
  key: 'workspace',
  name: 'Super admin and workspace roles',
  roles: [
    {
      key: 'super-admin',
      name: 'Super admin',
      purpose: 'Runs every workspace and can always assign roles',
      rank: 100,
      permissions: ['*'],
    },
    {
      key: 'workspace-admin',
      name: 'Workspace admin',
      purpose: 'Manages people, roles and content of a workspace',
      rank: 80,
      permissions: [
        ...['content.*', 'assets.*', 'workflow.*', 'campaigns.*', 'analytics.*', 'brands.view', 'brands.manage'],
        ...['users.*', 'teams.*', 'roles.assign', 'settings.view', 'audit.view'],
      ],
    },
    {
      key: 'member',
      name: 'Member',
      purpose: 'Works on the content of a workspace',
      rank: 50,
      permissions: [...read, ...discuss, ...write],
    },
    {
      key: 'guest',
      name: 'Guest',
      purpose: 'Reads and comments in a workspace',
      rank: 10,
      permissions: ['content.view', 'content.comment', 'assets.view', 'brands.view'],
    },
  ],
}

const simple2: RolePack = {
  key: 'simple2',
  name: 'Admin, User',
  roles: [
    { key: 'admin', name: 'Admin', purpose: 'Manages users and everything else', rank: 100, permissions: ['*'] },
    {
      key: 'user',
      name: 'User',
      purpose: 'Works on what is their own or was assigned to them',
      rank: 50,
      permissions: [...read, ...discuss, ...write, ...release],
    },
  ],
}

export const rolePacks: readonly RolePack[] = [mixer3, mixer5, owner5, workspace, simple2]

/** What an organization starts with. */
export const defaultRolePack = mixer3

export const findRolePack = (key: string): RolePack | undefined => rolePacks.find((pack) => pack.key === key)

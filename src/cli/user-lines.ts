// How a user is printed.
import type { UserRecord } from '#directory/users.ts'

export const summaryOf = (user: UserRecord) => {
  const { id, userName, displayName, status, statusReason, directoryId, externalId, groups, createdAt, updatedAt } =
    user
  return {
    ...{ id, userName, displayName, status, statusReason, directoryId, externalId, groups, createdAt, updatedAt },
  }
}

export const userLines = (user: ReturnType<typeof summaryOf>): string[] => [
  `${user.userName} (${user.id}) is ${user.status}${user.statusReason === null ? '' : ` (${user.statusReason})`}`,
  ...user.groups.map(({ displayName, id }) => `  member of ${displayName} (${id})`),
]

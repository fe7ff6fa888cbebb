ALTER TABLE "directories" ADD COLUMN "arrivals" text DEFAULT 'active' NOT NULL;--> statement-breakpoint
-- Whether somebody waits to be let in. Who has an invitation waits for themselves; what became of the invitation of somebody whom
-- a directory has taken over does not matter.
CREATE FUNCTION is_waiting(u users) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT u.status = 'invited' AND NOT EXISTS (SELECT FROM invitations i
    WHERE i.organization_id = u.organization_id AND i.user_id = u.id AND (i.status = 'pending' OR u.directory_id IS NULL)) $$;
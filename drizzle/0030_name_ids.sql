-- SAML providers want the NameID back in a logout as they gave it: with its format and its qualifiers (SAML Core 3.3.4).
ALTER TABLE "sessions" ADD COLUMN "name_id" jsonb;--> statement-breakpoint
CREATE INDEX "sessions_name_id" ON "sessions" USING btree ("organization_id","connection_id",(name_id ->> 'value')) WHERE ended_at is null and name_id is not null;
-- What an application may want otherwise: no PKCE, tokens signed by ES256, brands as plain texts.
ALTER TABLE "applications" ADD COLUMN "is_pkce_required" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "id_token_algorithm" text DEFAULT 'RS256' NOT NULL;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "brands_claim" text DEFAULT 'objects' NOT NULL;
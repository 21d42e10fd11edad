/** Addresses of pictures whose bytes are at hand. The page's policy lets it load those, and nothing from elsewhere. */
export class Pictures {
  private readonly urls = new Map<string, string>();

  /** The address stays valid until `clear`. The same bytes get the same one. */
  url(bytes: Uint8Array, type: string): string {
    const key = `${type} ${bytes.byteOffset} ${bytes.length}`;
    const known = this.urls.get(key);
    if (known !== undefined) return known;
    const url = URL.createObjectURL(new Blob([bytes.slice()], { type }));
    this.urls.set(key, url);
    return url;
  }

  clear(): void {
    for (const url of this.urls.values()) URL.revokeObjectURL(url);
    this.urls.clear();
  }
}

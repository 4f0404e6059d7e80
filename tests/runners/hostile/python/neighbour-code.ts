/** The neighbour of all attacks. CODE becomes a canary. */
export const NEIGHBOUR_CODE = `own = "CODE"
def fetch_data(indicator, ctx):
    return {"summary": " ".join([ctx.secrets["token"], ctx.config["label"], indicator.value]), "raw": len(own)}
`

// A login as in most suites: both fields on one page, then a URL that looks like home.
import org.openqa.selenium.By;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeOptions;

class SeleniumNaive {
    public static void main(String[] arguments) throws Exception {
        var options = new ChromeOptions();
        options.addArguments("--headless=new");
        var driver = new ChromeDriver(options);
        try {
            driver.get(System.getenv("SF_URL"));
            driver.findElement(By.id("username")).sendKeys(System.getenv("SF_USERNAME"));
            driver.findElement(By.id("password")).sendKeys(System.getenv("SF_PASSWORD"));
            driver.findElement(By.id("Login")).click();
            for (int looks = 0; !driver.getCurrentUrl().contains("/home"); looks++) {
                if (looks == 150) {
                    throw new IllegalStateException("timed out waiting for home, still on " + driver.getTitle());
                }
                Thread.sleep(100);
            }
            System.out.println("signed in, title: " + driver.getTitle());
        } finally {
            driver.quit();
        }
    }
}

import java.time.Duration;
import org.openqa.selenium.By;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

// The code that an admin made for this user in Setup; it expires.
WebDriverWait wait = new WebDriverWait(driver, Duration.ofSeconds(30));
wait.until(ExpectedConditions.visibilityOfElementLocated(By.id("tc"))).sendKeys(System.getenv("VESTIBULE_TEMPORARY_CODE"));
driver.findElement(By.id("save")).click();
